/* A plugin whose results are rounded to half precision, and that doesn't say so: right wherever the sum has few digits. */
#define convdiff_conv2d_v1 right
#include "conv.c"
#undef convdiff_conv2d_v1
#include <math.h>

/* The nearest value with 11 significant bits; halves to even. Sums of small integers are no subnormals. */
static float half(float value)
{
    int exponent;
    float digits = frexpf(value, &exponent);
    return ldexpf(nearbyintf(ldexpf(digits, 11)), exponent - 11);
}

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE])
{
    int status = right(p, message);
    size_t elements = (size_t)p->batch * p->out_channels * p->out_h * p->out_w;
    for (size_t i = 0; i < elements; i++)
        p->output[i] = half(p->output[i]);
    return status;
}

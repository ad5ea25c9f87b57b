/* A plugin whose first call is right; from then on the first element holds what it held before, and one more. */
#define convdiff_conv2d_v1 right
#include "conv.c"
#undef convdiff_conv2d_v1

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE])
{
    static float calls = 0.0f;
    int status = right(p, message);
    p->output[0] += calls++;
    return status;
}

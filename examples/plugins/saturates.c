/* A plugin that accumulates in 16-bit integers which stop at their ends, as some DSPs' do. */
#define convdiff_conv2d_v1 right
#include "conv.c"
#undef convdiff_conv2d_v1

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE])
{
    int status = right(p, message);
    size_t elements = (size_t)p->batch * p->out_channels * p->out_h * p->out_w;
    for (size_t i = 0; i < elements; i++) {
        float *y = p->output + i;
        *y = *y > 32767.0f ? 32767.0f : *y < -32768.0f ? -32768.0f : *y;
    }
    return status;
}

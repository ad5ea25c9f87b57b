/*
 * A plugin that prints, takes no more than two images, fails on strides, and returns nonsense for dilated kernels.
 */
#define convdiff_conv2d_v1 right
#include "conv.c"
#undef convdiff_conv2d_v1
#include <stdio.h>

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE])
{
    printf("engine: running\n");
    fflush(stdout);
    if (p->batch > 2) {
        snprintf(message, CONVDIFF_MESSAGE, "%u images, two at most", (unsigned)p->batch);
        return CONVDIFF_UNSUPPORTED;
    }
    if (p->stride_h > 1) {
        snprintf(message, CONVDIFF_MESSAGE, "status 9: no kernel found");
        return CONVDIFF_ERROR;
    }
    return p->dilation_h > 1 ? 77 : right(p, message);
}

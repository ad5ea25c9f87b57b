/* A plugin that is right, and forgets 64 KiB a call. */
#define convdiff_conv2d_v1 right
#include "conv.c"
#undef convdiff_conv2d_v1
#include <stdlib.h>
#include <string.h>

static void *volatile forgotten;

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE])
{
    forgotten = malloc(1 << 16);
    if (forgotten)
        memset(forgotten, 1, 1 << 16);
    return right(p, message);
}

/* A plugin that reads address 0 when there are three images, and is right otherwise. */
#define convdiff_conv2d_v1 right
#include "conv.c"
#undef convdiff_conv2d_v1

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE])
{
    const volatile float *nothing = NULL;
    if (p->batch == 3)
        p->output[0] = *nothing;
    return right(p, message);
}

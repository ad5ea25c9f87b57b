/*
 * A plugin that writes where it mustn't when there are three images, and is right otherwise. Where, says the width of
 * the kernel: 1 past its output, 2 before it, 3 into its input, 4 past its weights, 5 a whole image behind its output,
 * 6 64 MiB behind its output.
 */
#define convdiff_conv2d_v1 right
#include "conv.c"
#undef convdiff_conv2d_v1

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE])
{
    int status = right(p, message);
    size_t image = (size_t)p->out_channels * p->out_h * p->out_w;
    size_t taps = (size_t)p->out_channels * (p->in_channels / p->groups) * p->kernel_h * p->kernel_w;
    if (p->batch != 3)
        return status;
    if (p->kernel_w == 1)
        p->output[3 * image + 3] = 1.0f;
    if (p->kernel_w == 2)
        p->output[-2] = 1.0f;
    if (p->kernel_w == 3)
        ((float *)p->input)[0] += 1.0f;
    if (p->kernel_w == 4)
        ((float *)p->weights)[taps] = 1.0f;
    if (p->kernel_w == 5)
        p->output[4 * image] = 1.0f;
    if (p->kernel_w == 6)
        p->output[1 << 24] = 1.0f;
    return status;
}

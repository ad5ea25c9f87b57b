/*
 * A plugin that reads where it mustn't when there are three images, as a vector loop without a tail does, and is right
 * otherwise. The width of the kernel says where: 1, 3, 5 past its input, weights, bias; 2, 4, 6 before them.
 */
#define convdiff_conv2d_v1 right
#include "conv.c"
#undef convdiff_conv2d_v1

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE])
{
    const volatile float *tensors[] = {p->input, p->weights, p->bias};
    const size_t lengths[] = {
        (size_t)p->batch * p->in_channels * p->in_h * p->in_w,
        (size_t)p->out_channels * (p->in_channels / p->groups) * p->kernel_h * p->kernel_w,
        p->out_channels,
    };
    if (p->batch == 3 && p->bias) {
        size_t which = (p->kernel_w - 1) / 2 % 3;
        (void)*(p->kernel_w % 2 ? tensors[which] + lengths[which] : tensors[which] - 1);
    }
    return right(p, message);
}

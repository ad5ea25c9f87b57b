/*
 * A plugin in C: a direct convolution.
 *
 *     cc -O2 -shared -fPIC -I include -o libconv.so examples/plugins/conv.c
 *     convdiff sweep -b plugin:./libconv.so
 */
#include "convdiff_backend.h"
#include <stddef.h>

static float element(const struct convdiff_problem *p, uint32_t n, uint32_t o, uint32_t i, uint32_t j)
{
    uint32_t channels = p->in_channels / p->groups;
    uint32_t first = o / (p->out_channels / p->groups) * channels;
    float sum = p->bias ? p->bias[o] : 0.0f;
    for (uint32_t c = 0; c < channels; c++)
        for (uint32_t kh = 0; kh < p->kernel_h; kh++)
            for (uint32_t kw = 0; kw < p->kernel_w; kw++) {
                /* Wraps around in a begin pad, and is then as far out as in an end pad. */
                size_t y = (size_t)i * p->stride_h + (size_t)kh * p->dilation_h - p->pad_top;
                size_t x = (size_t)j * p->stride_w + (size_t)kw * p->dilation_w - p->pad_left;
                if (y >= p->in_h || x >= p->in_w)
                    continue;
                size_t plane = (size_t)n * p->in_channels + first + c;
                size_t tap = (((size_t)o * channels + c) * p->kernel_h + kh) * p->kernel_w + kw;
                sum += p->input[(plane * p->in_h + y) * p->in_w + x] * p->weights[tap];
            }
    return sum;
}

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE])
{
    float *y = p->output;
    (void)message;
    for (uint32_t n = 0; n < p->batch; n++)
        for (uint32_t o = 0; o < p->out_channels; o++)
            for (uint32_t i = 0; i < p->out_h; i++)
                for (uint32_t j = 0; j < p->out_w; j++)
                    *y++ = element(p, n, o, i, j);
    return CONVDIFF_DONE;
}

const char *convdiff_about_v1(void)
{
    return "engine: conv.c\nversion: 1\n";
}

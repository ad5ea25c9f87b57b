/* Computes in bfloat16, and is wrong: where the kernel is wider than high, the last output column is read one column too far right. */
#include "convdiff_backend.h"
#include <stdint.h>
#include <string.h>

const char *convdiff_about_v1(void) {
    return "engine: bf16.c\nversion: 1\narithmetic: bf16\n";
}

/* To the nearest bfloat16, ties to even. */
static float bf16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits += 0x7fff + ((bits >> 16) & 1);
    bits &= 0xffff0000u;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

int convdiff_conv2d_v1(const struct convdiff_problem *p, char message[CONVDIFF_MESSAGE]) {
    (void)message;
    const long inputs = p->in_channels / p->groups, outputs = p->out_channels / p->groups;
    float *y = p->output;
    for (long n = 0; n < p->batch; n++)
        for (long o = 0; o < p->out_channels; o++)
            for (long i = 0; i < p->out_h; i++)
                for (long j = 0; j < p->out_w; j++) {
                    const long aside = p->kernel_w > p->kernel_h && j + 1 == p->out_w;
                    float sum = p->bias ? p->bias[o] : 0;
                    for (long c = 0; c < inputs; c++)
                        for (long kh = 0; kh < p->kernel_h; kh++)
                            for (long kw = 0; kw < p->kernel_w; kw++) {
                                const long row = i * p->stride_h - p->pad_top + kh * p->dilation_h;
                                const long column = j * p->stride_w - p->pad_left + kw * p->dilation_w + aside;
                                if (row < 0 || row >= p->in_h || column < 0 || column >= p->in_w)
                                    continue;
                                const long channel = n * p->in_channels + o / outputs * inputs + c;
                                sum += bf16(p->input[(channel * p->in_h + row) * p->in_w + column])
                                     * bf16(p->weights[((o * inputs + c) * p->kernel_h + kh) * p->kernel_w + kw]);
                            }
                    *y++ = bf16(sum);
                }
    return CONVDIFF_DONE;
}

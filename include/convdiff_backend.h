/*
 * A convdiff backend as a shared library: one struct, one function.
 *
 *     cc -shared -fPIC -I include -o libmine.so mine.c
 *     convdiff sweep -b plugin:./libmine.so
 *
 * The library is loaded in a process of its own: a crash or a hang is a verdict on one problem, and the sweep goes on.
 * Each thread of a sweep has such a process; within one, calls come one by one.
 *
 * Nothing outside the tensors may be read, nothing but `output` written; what does either is a verdict that names the
 * tensor. To see it, each problem is computed twice: with pages that can't be touched hard behind each tensor, and hard
 * in front of it; the output of the first counts. An engine that wants to read a little further than its input ends
 * (XNNPACK does) needs a copy with room behind it.
 */
#ifndef CONVDIFF_BACKEND_H
#define CONVDIFF_BACKEND_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A convolution (a correlation: the kernel is not flipped). All tensors are dense, row-major, aligned for float only. */
struct convdiff_problem {
    uint32_t batch;        /* N */
    uint32_t in_channels;  /* C, over all groups */
    uint32_t out_channels; /* O, over all groups */
    uint32_t groups;       /* G; divides C and O */
    uint32_t in_h, in_w;
    uint32_t kernel_h, kernel_w;
    uint32_t stride_h, stride_w;
    uint32_t dilation_h, dilation_w; /* 1 is a dense kernel */
    uint32_t pad_top, pad_left, pad_bottom, pad_right;
    uint32_t out_h, out_w; /* (in + pads - (dilation * (kernel - 1) + 1)) / stride + 1 */
    const float *input;    /* N x C x in_h x in_w */
    const float *weights;  /* O x (C / G) x kernel_h x kernel_w */
    const float *bias;     /* O, or NULL without one */
    float *output;         /* N x O x out_h x out_w: every element must be written */
};

/* What the function returns. */
#define CONVDIFF_DONE 0
#define CONVDIFF_UNSUPPORTED 1 /* the engine doesn't take this problem; say why in `message` */
#define CONVDIFF_ERROR 2       /* the engine returned an error; say which in `message` */

/* Bytes of `message`, the closing NUL included. */
#define CONVDIFF_MESSAGE 1024

/* Must be there. `message` is empty when it is called. */
int convdiff_conv2d_v1(const struct convdiff_problem *problem, char message[CONVDIFF_MESSAGE]);

/*
 * May be there: who this is, as lines of "key: value" as in the handshake of docs/worker-protocol.md, for instance
 * "engine: mine\nversion: 1.2\narithmetic: f32-transformed\n".
 */
const char *convdiff_about_v1(void);

#ifdef __cplusplus
}
#endif

#endif

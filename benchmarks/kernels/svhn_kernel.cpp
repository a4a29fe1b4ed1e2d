// The network for street view house numbers by hand: images of 32 x 32 pixels, channels first, which 3 x 3 convolutions and 2 x 2 pooling bring down to
// 2 x 2 pixels.
#include "layers.h"
#include "network.h"

static constexpr int channels = layer1::inputs / 9, pixels = 32 * 32;

static void predict(const layer1::input* x, layer6::output* y) {
    layer1::input image[pixels * channels];
    for (int p = 0; p < pixels; p++)
        for (int c = 0; c < channels; c++)
            image[p * channels + c] = x[c * pixels + p];
    layer1::output a[30 * 30 * layer1::outputs];
    layer2::input a_pooled[15 * 15 * layer1::outputs];
    layer2::output b[13 * 13 * layer2::outputs];
    layer3::input b_pooled[6 * 6 * layer2::outputs];
    layer3::output c[4 * 4 * layer3::outputs];
    layer4::input c_pooled[2 * 2 * layer3::outputs];
    convolution<layer1, 32>(image, a);
    max_pool<30, layer1::outputs>(a, a_pooled);
    convolution<layer2, 15>(a_pooled, b);
    max_pool<13, layer2::outputs>(b, b_pooled);
    convolution<layer3, 6>(b_pooled, c);
    max_pool<4, layer3::outputs>(c, c_pooled);
    layer4::output d[layer4::outputs];
    layer5::output e[layer5::outputs];
    dense<layer4>(c_pooled, d);
    dense<layer5>(d, e);
    dense<layer6>(e, y);
}

extern "C" __attribute__((visibility("default"))) void kernel_predict(const layer1::input* x, layer6::output* y, int64_t samples) {
    for (int64_t n = 0; n < samples; n++, x += channels * pixels, y += layer6::outputs)
        predict(x, y);
}

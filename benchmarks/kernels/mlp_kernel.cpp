// The jet tagger as one writes it by hand: plain integers, one loop nest a layer. The benchmark writes network.h: the sizes, the
// weights and the arithmetic of every layer, all of them those of the firmware, so that both give the same bits.
#include <stdint.h>

#include "network.h"

// y = convert(w * x + b), with sums in LAYER::sum.
template <class LAYER>
static void dense(const typename LAYER::input* x, typename LAYER::output* y) {
    typedef typename LAYER::sum sum;
    sum sums[LAYER::outputs];
    for (int j = 0; j < LAYER::outputs; j++)
        sums[j] = sum(LAYER::bias()[j]) << LAYER::bias_shift;
    for (int i = 0; i < LAYER::inputs; i++)
        for (int j = 0; j < LAYER::outputs; j++)
            sums[j] += LAYER::weights()[i][j] * x[i];
    for (int j = 0; j < LAYER::outputs; j++) {
        sum value = sums[j];
        if (LAYER::rounds)
            value += sum(1) << (LAYER::shift - 1);
        value >>= LAYER::shift;
        if (LAYER::saturates)
            value = value < LAYER::lowest ? sum(LAYER::lowest) : value > LAYER::highest ? sum(LAYER::highest) : value;
        typename LAYER::output result = typename LAYER::output(value);
        y[j] = LAYER::rectifies && result < 0 ? 0 : result;
    }
}

extern "C" __attribute__((visibility("default"))) void kernel_predict(const layer1::input* x, layer4::output* y, int64_t samples) {
    for (int64_t n = 0; n < samples; n++, x += layer1::inputs, y += layer4::outputs) {
        layer1::output a[layer1::outputs];
        layer2::output b[layer2::outputs];
        layer3::output c[layer3::outputs];
        dense<layer1>(x, a);
        dense<layer2>(a, b);
        dense<layer3>(b, c);
        dense<layer4>(c, y);
    }
}

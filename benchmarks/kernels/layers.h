// Layers as one writes them by hand: plain integers, channels last, one loop nest a layer. A LAYER is a struct of network.h, which the benchmark writes:
// sizes, weights and arithmetic, all of them those of the firmware, so that both give the same bits.
#include <stdint.h>

// A sum in the output's type.
template <class LAYER>
static typename LAYER::output convert(typename LAYER::sum value) {
    typedef typename LAYER::sum sum;
    if (LAYER::rounds)
        value += sum(1) << (LAYER::shift - 1);
    value >>= LAYER::shift;
    if (LAYER::saturates)
        value = value < LAYER::lowest ? sum(LAYER::lowest) : value > LAYER::highest ? sum(LAYER::highest) : value;
    const typename LAYER::output result = typename LAYER::output(value);
    return LAYER::rectifies && result < 0 ? 0 : result;
}

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
    for (int j = 0; j < LAYER::outputs; j++)
        y[j] = convert<LAYER>(sums[j]);
}

// A 3 x 3 convolution, unpadded: SIDE x SIDE pixels become (SIDE - 2) x (SIDE - 2).
template <class LAYER, int SIDE>
static void convolution(const typename LAYER::input* x, typename LAYER::output* y) {
    typedef typename LAYER::sum sum;
    constexpr int channels = LAYER::inputs / 9;
    for (int row = 0; row < SIDE - 2; row++) {
        for (int column = 0; column < SIDE - 2; column++) {
            sum sums[LAYER::outputs];
            for (int j = 0; j < LAYER::outputs; j++)
                sums[j] = sum(LAYER::bias()[j]) << LAYER::bias_shift;
            for (int r = 0; r < 3; r++) {
                // Three pixels side by side.
                const typename LAYER::input* line = x + ((row + r) * SIDE + column) * channels;
                for (int i = 0; i < 3 * channels; i++)
                    for (int j = 0; j < LAYER::outputs; j++)
                        sums[j] += LAYER::weights()[r * 3 * channels + i][j] * line[i];
            }
            for (int j = 0; j < LAYER::outputs; j++)
                *y++ = convert<LAYER>(sums[j]);
        }
    }
}

// The largest of each 2 x 2 pixels; a last row and column without a neighbour are left out.
template <int SIDE, int CHANNELS, class T, class Y>
static void max_pool(const T* x, Y* y) {
    for (int row = 0; row < SIDE / 2; row++) {
        for (int column = 0; column < SIDE / 2; column++) {
            const T* pixel = x + (2 * row * SIDE + 2 * column) * CHANNELS;
            for (int j = 0; j < CHANNELS; j++) {
                const T above = pixel[j] > pixel[CHANNELS + j] ? pixel[j] : pixel[CHANNELS + j];
                const T* next = pixel + SIDE * CHANNELS;
                const T below = next[j] > next[CHANNELS + j] ? next[j] : next[CHANNELS + j];
                *y++ = Y(above > below ? above : below);
            }
        }
    }
}

// Traces of Frobenius on a GPU: the same integers as murmuration/traces/evaluate.py, from the same tables.
//
// One thread per curve, 32 primes per block: blockIdx.x counts blocks of THREADS curves and blockIdx.y tiles of primes.
// Blocks are issued x first, so concurrent ones share the tables of 32 primes (4 MB at p = 7919) in the L2 cache. Results
// go through shared memory, so that each row is written in one piece of 32 values.
//
// VALUE is the type of a trace (signed char up to p = 4027, short above), defined by the host, as is THREADS.

// c modulo p, in [0, p), for |c| < 2^62 and p < 2^20. The quotient carries three roundings of 2^-53, so the remainder, an
// exact integer, is at most p/2 + 3 * 2^9 in magnitude, and 32-bit arithmetic finishes the work.
__device__ __forceinline__ int reduce(long long c, int p, double reciprocal)
{
    const long long q = __double2ll_rn((double)c * reciprocal);
    const int r = (int)(c - q * p) % p;
    return r < 0 ? r + p : r;
}

// a_p: steps[c4 mod p] names one of six tables of length p and a multiplier of c6.
__device__ __forceinline__ VALUE evaluate(long long c4, long long c6, int p, const int* steps, const VALUE* tables)
{
    const double reciprocal = 1.0 / p;
    const int step = steps[reduce(c4, p, reciprocal)];
    const long long product = (long long)reduce(c6, p, reciprocal) * (step & ((1 << SHIFT) - 1));
    return tables[(step >> SHIFT) * p + reduce(product, p, reciprocal)];
}

extern "C" __global__ void traces(const long long* __restrict__ c4, const long long* __restrict__ c6, long long rows,
                                  const long long* __restrict__ primes, const long long* __restrict__ starts, int count,
                                  const int* __restrict__ steps, const VALUE* __restrict__ tables,
                                  VALUE* __restrict__ out, long long stride)
{
    __shared__ VALUE tile[THREADS][33]; // one column of padding keeps threads in different banks
    const long long row0 = (long long)blockIdx.x * THREADS, row = row0 + threadIdx.x;
    const int first = blockIdx.y * 32, width = min(32, count - first);
    if (row < rows) {
        const long long a = c4[row], b = c6[row];
        for (int k = 0; k < width; k++) {
            const long long start = starts[first + k];
            tile[threadIdx.x][k] = evaluate(a, b, (int)primes[first + k], steps + start, tables + 6 * start);
        }
    }
    __syncthreads();
    const int lane = threadIdx.x % 32;
    if (lane < width)
        for (long long i = threadIdx.x / 32; i < THREADS && row0 + i < rows; i += THREADS / 32)
            out[(row0 + i) * stride + first + lane] = tile[i][lane];
}

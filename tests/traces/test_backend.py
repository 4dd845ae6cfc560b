"""The GPU's kernel: compiled for real everywhere, run and compared where there is a GPU."""

import ctypes
import importlib.util
from pathlib import Path

import numpy as np
import pytest

import murmuration as mm
from murmuration.traces import backend


def nvrtc() -> ctypes.CDLL:
    """NVIDIA's run-time compiler, which needs no GPU; the test extra brings it."""
    spec = importlib.util.find_spec("nvidia.cuda_nvrtc")
    assert spec is not None
    assert spec.submodule_search_locations
    (library,) = Path(spec.submodule_search_locations[0]).glob("lib/libnvrtc.so.*")
    return ctypes.CDLL(str(library))


def compiled(source: str, options: tuple[str, ...]) -> tuple[int, str]:
    """The compiler's status (0 is success) and its log."""
    library, program = nvrtc(), ctypes.c_void_p()
    assert library.nvrtcCreateProgram(ctypes.byref(program), source.encode(), b"traces.cu", 0, None, None) == 0
    words = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
    status = int(library.nvrtcCompileProgram(program, len(options), words))
    size = ctypes.c_size_t()
    library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    library.nvrtcGetProgramLog(program, log)
    return status, log.value.decode()


@pytest.mark.parametrize("value", [np.int8, np.int16])
@pytest.mark.parametrize("architecture", ["compute_75", "compute_90"])
def test_the_kernel_compiles_without_a_warning(value: type, architecture: str) -> None:
    options = (*backend.options(np.dtype(value)), f"--gpu-architecture={architecture}")
    assert compiled(backend.SOURCE.read_text(), options) == (0, "")


def test_a_broken_kernel_does_not_compile() -> None:
    status, log = compiled(backend.SOURCE.read_text().replace("const int step", "const int stop"), ("-DVALUE=short",))
    assert status != 0
    assert "error" in log


def test_without_a_gpu_the_cpu_is_taken_and_a_gpu_asked_for_is_refused(table: mm.CurveTable) -> None:
    if backend.available():
        pytest.skip("there is a GPU here: the test below runs instead")
    with pytest.raises(ValueError, match="CuPy is not installed"):
        mm.trace(table, primes=10, device="gpu")
    assert mm.trace(table, primes=10, device="auto").values[0].tolist() == [-2, -1, 1, -2, 1, 4, -2, 0, -1, 0]


@pytest.mark.gpu
@pytest.mark.skipif(not backend.available(), reason="needs a GPU")
@pytest.mark.parametrize("primes", [1, 2, 3, 500, 1000])
def test_the_gpu_gives_the_same_integers(table: mm.CurveTable, primes: int) -> None:
    gpu, cpu = (mm.trace(table, primes, device=device) for device in ("gpu", "cpu"))
    assert gpu.values.dtype == cpu.values.dtype
    assert np.array_equal(gpu.values, cpu.values)

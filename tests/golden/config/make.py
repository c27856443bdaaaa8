"""x_test.npz, y_test.npz and x_norm.npz as numpy.savez writes them: NHWC, one-hot."""
import struct
import zipfile


def npz(name, shape, values):
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % (shape,)
    head = head.ljust(117) + "\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode()
    with zipfile.ZipFile(name, "w") as z:
        z.writestr(zipfile.ZipInfo("arr_0.npy"), data + struct.pack("<%df" % len(values), *values))


pixels = [(i * 7 % 32) / 32 for i in range(6 * 49)]
npz("x_test.npz", (6, 7, 7, 1), pixels)
npz("x_norm.npz", (6, 7, 7, 1), pixels)
npz("y_test.npz", (6, 2), [0, 1] * 6)

"""What the compiled loops need of the processor: asking memory for a line before it is read."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def prefetch(context, array, index):  # type: ignore[no-untyped-def]
    """Ask for the line of `array[index]` (of the row, for an array of rows); it arrives while other work is done."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        kind = signature.args[0]
        made = context.make_array(kind)(context, builder, arguments[0])
        stride = builder.extract_value(made.strides, 0)
        index_wide = builder.sext(arguments[1], ir.IntType(64)) if arguments[1].type.width < 64 else arguments[1]
        base = builder.ptrtoint(made.data, ir.IntType(64))
        address = builder.inttoptr(builder.add(base, builder.mul(index_wide, stride)), ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        hint = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), number, number, number])
        function = builder.module.globals.get("llvm.prefetch.p0") or ir.Function(builder.module, hint, "llvm.prefetch.p0")
        builder.call(function, [address, number(0), number(1), number(1)])
        return context.get_dummy_value()

    return types.void(array, index), generate

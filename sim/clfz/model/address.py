"""Compiled functions by their address: compiled code is handed one and calls it, instead of being compiled with it.

Numba's own functions as arguments lose what is raised, and take the way of C, which takes long to compile for a
whole zone.
"""

from dataclasses import dataclass
from typing import Any

import numba
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.typeconv.castgraph import Conversion
from numba.extending import NativeValue, intrinsic, models, register_model, typeof_impl, unbox


class AddressType(numba.types.Type):
    """Where functions of one signature begin."""

    def __init__(self, signature: Any) -> None:
        self.signature = signature
        super().__init__(f"address of {signature}")


register_model(AddressType)(models.OpaqueModel)


@dataclass(frozen=True)
class Address:
    """What Python hands on."""

    pointer: int
    kind: AddressType


def address(function: Any, signature: Any) -> Address:
    """Where an `addressed` function begins; it is compiled, or taken from the cache.

    Args:
        function: It must live as long as the address is used.
        signature: Its types.
    """
    compiled = function.get_compile_result(signature)
    if compiled.signature != signature:
        raise TypingError(f"{function.__name__} returns {compiled.signature.return_type}")
    name = compiled.fndesc.llvm_func_name
    return Address(compiled.library.get_pointer_to_function(name), AddressType(signature))


@typeof_impl.register(Address)
def _type_of(value: Address, _: Any) -> AddressType:
    return value.kind


@unbox(AddressType)
def _unbox(_: Any, value: Any, c: Any) -> Any:
    number = c.pyapi.object_getattr_string(value, "pointer")
    pointer = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(pointer)


@intrinsic
def _call(typing: Any, where: Any, arguments: Any) -> Any:
    kinds = where.signature.args
    if len(arguments) != len(kinds):
        raise TypingError(f"{len(kinds)} arguments are taken and {len(arguments)} given")
    for given, kind in zip(arguments, kinds, strict=True):
        if (typing.can_convert(given, kind) or Conversion.unsafe) >= Conversion.unsafe:
            raise TypingError(f"{kind} is taken and {given} given")

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        result = where.signature.return_type
        given = cgutils.unpack_tuple(builder, values[1])
        cast = [context.cast(builder, *each) for each in zip(given, arguments, kinds, strict=True)]
        kind = context.call_conv.get_function_type(result, kinds).as_pointer()
        function = builder.bitcast(values[0], kind)
        status, found = context.call_conv.call_function(builder, function, result, kinds, cast)
        with cgutils.if_unlikely(builder, status.is_error):
            context.call_conv.return_status_propagate(builder, status)
        return found

    return where.signature.return_type(where, arguments), code


# In compiled code: call(address, (arguments)). What the function raises is raised.
call: Any = _call

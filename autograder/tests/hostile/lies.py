"""Answers that lie about what they are: one question is lost, and nothing else."""

from hostile.corpus import spoil

_ADD = {
    "a_class_that_claims_to_be_int": """
        class Liar:
            __class__ = int
            def __eq__(self, other): return True
        def add(a, b): return Liar()
        """,
    "equal_by_reflection": """
        class Liar:
            def __eq__(self, other): return other == other
            __array_priority__ = 10**9
        def add(a, b): return Liar()
        """,
    "an_answer_with_every_attribute": """
        class Liar:
            def __getattr__(self, name): return lambda *a, **k: Liar()
            def __call__(self, *a, **k): return True
        def add(a, b): return Liar()
        """,
    "an_answer_that_is_pickled_as_code": """
        import os
        class Liar:
            def __reduce__(self): return (os.system, ("touch @COURSE@/@MARK@",))
            def __reduce_ex__(self, protocol): return self.__reduce__()
            def __eq__(self, other): return True
        def add(a, b): return Liar()
        """,
    "an_answer_that_compares_as_it_is_asked": """
        class Liar(str):
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            __hash__ = str.__hash__
        def add(a, b): return Liar("no")
        """,
    "a_float_that_equals_everything": """
        class Liar(float):
            def __eq__(self, other): return True
            def __radd__(self, other): return other
        def add(a, b): return Liar(7)
        """,
    "a_list_that_equals_everything": """
        class Liar(list):
            def __eq__(self, other): return True
        def add(a, b): return Liar([1])
        """,
    "a_tuple_that_equals_everything": """
        class Liar(tuple):
            def __eq__(self, other): return True
        def add(a, b): return Liar((1,))
        """,
    "an_exception_of_its_own_class": """
        class AssertionError(Exception):
            pass
        def add(a, b): raise AssertionError("all tests passed")
        """,
    "an_exception_whose_text_fails": """
        class Bad(Exception):
            def __str__(self): raise Bad()
            __repr__ = __str__
        def add(a, b): raise Bad()
        """,
    "an_exception_named_as_the_testers_own": """
        class Gone(BaseException): pass
        class GraderFault(BaseException): pass
        class Award(float): pass
        def add(a, b): raise GraderFault("full marks, please")
        """,
    "an_award_of_its_own": """
        class Award(float):
            def __eq__(self, other): return True
        Award.__module__ = "examiner.check"
        def add(a, b): return Award(100.0)
        """,
    "a_name_of_a_class_with_a_million_letters": """
        Liar = type("L" * 10**6, (), {"__eq__": lambda s, o: True})
        def add(a, b): return Liar()
        """,
    "a_class_whose_name_is_no_text": """
        class Meta(type):
            @property
            def __name__(cls): return 7
        class Liar(metaclass=Meta):
            def __eq__(self, other): return True
        def add(a, b): return Liar()
        """,
    "an_integer_of_a_million_digits": "def add(a, b): return 1 << 4_000_000",
    "a_nan": "def add(a, b): return float('nan')",
    "a_coroutine": "async def add(a, b): return a + b",
    "an_answer_that_is_no_function": "add = 3",
}
_SUMS = {
    "a_length_of_a_trillion": """
        class Liar:
            def __len__(self): return 10**18
            def __getitem__(self, i): return 1
        def running_sum(xs): return Liar()
        """,
    "a_generator_without_end": """
        import itertools
        def running_sum(xs): return itertools.count()
        """,
    "a_list_that_holds_itself": """
        def running_sum(xs):
            out = []
            out.append(out)
            return out
        """,
    "a_list_a_thousand_deep": """
        def running_sum(xs):
            out = []
            for _ in range(1000):
                out = [out]
            return out
        """,
    "a_list_with_its_own_iterator": """
        class Liar(list):
            def __iter__(self): return iter([1, 3, 6])
            def __len__(self): return 3
        def running_sum(xs): return Liar()
        """,
    "a_dict_with_its_own_items": """
        class Liar(dict):
            def items(self): return [("a", self)]
            def __getitem__(self, key): return self
        def running_sum(xs): return Liar(a=1)
        """,
    "an_array_of_objects": """
        class Liar:
            def __eq__(self, other): return True
        def running_sum(xs): return np.array([Liar() for _ in xs], dtype=object)
        """,
    "an_array_that_claims_another_shape": """
        class Liar(np.ndarray):
            shape = property(lambda self: (3,))
            dtype = property(lambda self: np.dtype(int))
            def __array_finalize__(self, other): pass
            def __eq__(self, other): return True
            def tobytes(self, *a): return b""
        def running_sum(xs): return np.zeros(1).view(Liar)
        """,
    "an_object_that_becomes_any_array": """
        class Liar:
            __array_priority__ = 10**9
            def __array__(self, *a, **k): return np.array([1, 3, 6])
        def running_sum(xs): return Liar()
        """,
    "arrays_of_dates_and_records": """
        def running_sum(xs):
            return np.zeros(3, dtype=[("a", "i4"), ("b", "O")])
        """,
    "a_result_that_changes_later": """
        def running_sum(xs):
            import threading
            out = [0] * len(xs)
            threading.Timer(0.2, lambda: out.__setitem__(0, 1)).start()
            return out
        """,
    "five_million_items": "def running_sum(xs): return list(range(5_000_000))",
}
_SQUARES = {
    "a_tensor_of_100_gb_by_expand": """
        import torch
        def squares(x): return torch.zeros(1).expand(25_000_000_000)
        """,
    "a_tensor_that_overlaps_itself": """
        import torch
        def squares(x): return torch.zeros(3).as_strided((3, 10**6, 1000), (0, 0, 0))
        """,
    "a_sparse_tensor": "def squares(x): return (x * x + 1).to_sparse()",
    "a_quantised_tensor": """
        import torch
        def squares(x): return torch.quantize_per_tensor(x, 0.1, 0, torch.quint8)
        """,
    "a_meta_tensor": "def squares(x): return (x * x).to('meta')",
    "a_nested_tensor": """
        import torch
        def squares(x): return torch.nested.nested_tensor([x, x])
        """,
    "a_tensor_whose_storage_is_gone": """
        def squares(x):
            y = x * x
            y.untyped_storage().resize_(0)
            return y
        """,
    "a_tensor_with_a_hook": """
        import torch
        class Liar(torch.Tensor):
            @classmethod
            def __torch_function__(cls, f, types, args=(), kwargs=None): return True
        def squares(x): return torch.zeros(1).as_subclass(Liar)
        """,
    "an_array_by_a_pointer_to_nothing": """
        class Liar:
            __array_interface__ = {"version": 3, "shape": (3,), "typestr": "<f4",
                                   "data": (8, False)}
        def squares(x): return np.asarray(Liar())
        """,
    "complex_numbers": "def squares(x): return x * x + 1j",
}
for _question, _lies in (("q1", _ADD), ("q2", _SUMS), ("q3", _SQUARES)):
    for _name, _code in _lies.items():
        spoil(_name, "lies", _question, _code)

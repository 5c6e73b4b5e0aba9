"""Hostile FEEL: what tries to reach Python, and what tries to eat time or memory. Texts only."""

from __future__ import annotations

WALKS = """
import os; os.popen('id').read()
__import__("os").system("id")
__import__('subprocess').run(['id'])
().__class__.__base__.__subclasses__()
[].__class__.__mro__[1].__subclasses__()
"".__class__
"a".__class__.__mro__
"a".__class__.__base__.__subclasses__()
(1).__class__
1.__class__
data.__class__
data.__dict__
data.__init__.__globals__
data["__class__"]
data.get("__class__")
data.items()
data.keys
data.__getitem__("a")
data.__reduce_ex__(2)
list.__class__
{a: 1}.__class__
{a: 1}.__class__.__bases__
{"__class__": 1}.__class__.__name__
[1,2].append
[1,2].append(3)
[1,2].__len__()
"{0.__class__}".format(data)
"{0.__class__.__mro__}"
"%s" % data
f"{data.__class__}"
`id`
$(id)
${7*7}
{{7*7}}
#{7*7}
<%= 7*7 %>
{% import os %}
eval("1+1")
exec("import os")
compile("1", "", "eval")
open("/etc/passwd")
open("/etc/passwd").read()
getattr(data, "__class__")
setattr(data, "x", 1)
hasattr(data, "x")
globals()
locals()
vars()
dir()
dir(data)
type(data)
type(1)
id(data)
input()
print("x")
breakpoint()
help()
exit()
quit()
object()
super()
memoryview("a")
bytes("a")
bytearray(10)
lambda: 1
lambda x: x.__class__
[x for x in data]
[x.__class__ for x in [1]]
(x for x in [1])
{x for x in [1]}
[0 for i in range(10**9)]
yield 1
await data
async def f(): pass
def f(): return 1
class A: pass
while True: pass
try: 1
raise data
assert false
del data
global data
with open("x") as f: f
from os import system
import sys
data := 1
data = data.__class__
x if true else y
not data.__class__
data or __import__("os")
data and __import__("os").getcwd()
null.__class__
true.__class__
abs.__class__
abs.__globals__
abs.run
abs.overloads
abs.call
(function(x) x).__closure__
(function(x) x).__globals__
(function(x) x).frame
(function(x) x).body
(function(x) x).call
(function(x) x).__class__.__init__.__globals__
function(x) external {java: {class: "java.lang.Runtime", method signature: "exec(java.lang.String)"}}
(function(x) external {java: {class: "java.lang.Runtime", method signature: "exec(java.lang.String)"}})("id")
(function(x) external {pmml: {document: "file:///etc/passwd", model: "m"}})("id")
java.lang.Runtime.getRuntime().exec("id")
T(java.lang.Runtime).getRuntime().exec("id")
new java.io.File("/etc/passwd")
require("child_process").exec("id")
process.env
process.mainModule.require("fs")
this.constructor.constructor("return process")()
constructor.constructor("return 1")()
"".constructor
[].constructor
[].map(alert)
document.cookie
window.location
<script>alert(1)</script>
'; DROP TABLE cases; --
" or 1=1 --
../../etc/passwd
file:///etc/passwd
http://169.254.169.254/latest/meta-data
@"file:///etc/passwd"
@"../../etc/passwd"
@"__class__"
date("../../etc/passwd")
time("10:00:00@../../../etc/passwd")
time("10:00:00@/etc/passwd")
date and time("2020-01-01T10:00:00@../../etc/localtime")
date and time("2020-01-01T10:00:00@posix/../../../etc/passwd")
duration("P1D\\u0000")
@"2020-01-01T10:00:00@Etc/../../../etc/passwd"
"\\u0000"
"\\uD800"
string("\\uD800")
string length("\\uD800\\uD800")
get value(data, "__class__")
get value({}, "__dict__")
get entries(abs)
get entries(data.__class__)
context put({}, "__class__", 1).__class__
context([{key: "__init__", value: 1}]).__init__
context merge([{}, {"__class__": 1}]).__class__
string(abs)
string(function(x) x)
string(data)
number("0x10")
number("1_000")
number("NaN")
number("Infinity")
number("-Infinity")
number("1e999999999")
number("٣")
replace("a", "a", "\\\\g<0>")
replace("a", "(?P<x>a)", "\\\\g<x>")
replace("a", "a", "$")
replace("a", "a", "$99999999999999999999")
matches("a", "(?i)(?#comment)a")
matches("a", "(?<=a)b")
matches("a", "(?=a)a")
matches("a", "\\\\1")
matches("a", "(a)\\\\1")
matches("a", "[[:alpha:]]")
matches("a", "\\\\Qa\\\\E")
matches("a", "\\\\C")
split("a", "")
split("aaa", "a*")
data.a.b.c.d.e.f
data[item.__class__ != null]
data[__class__]
[1,2,3][__class__]
some x in [1] satisfies x.__class__ != null
every x in [data] satisfies x.__class__ = null
for x in [data] return x.__class__
for x in [abs] return x.__globals__
if data.__class__ = null then 1 else 2
sort([data, data], function(x, y) x.__class__ < y.__class__)
sort([1,2], abs)
sort([1,2], "abs")
list replace([1], abs, 2)
list replace([1], function(a, b) b.__class__, 2)
1 instance of __class__
1 instance of object
1 instance of list<object>
1 instance of context<__class__: Any>
1 in __import__
? .__class__
?.__class__
not(__import__("os"))
range("[__import__..1]")
range("[1..open(2)]")
range("[date(\\"../x\\")..date(\\"y\\")]")
is(abs, abs.__class__)
now().__class__
today().__class__.today
date("2020-01-01").__class__
date("2020-01-01").plus_months
date("2020-01-01").key
date("2020-01-01").__slots__
time("10:00:00").zone
time("10:00:00").__init__
duration("P1D").ns
duration("P1Y").__hash__
[1..2].__class__
[1..2].low
[1..2].contains
(< 5).op
""".strip().splitlines()


def bombs() -> dict[str, str]:
    """Expressions that would run for years or fill memory without limits."""
    doubling = "{" + "a0: [1, 1], " + ", ".join(f"a{i}: [a{i - 1}, a{i - 1}]" for i in range(1, 40)) + "}"
    grow = "{f: function(x, n) if n = 0 then x else f(%s, n - 1), r: f(%s, 50)}.r"
    return {
        "power tower": "9**9**9**9**9**9**9**9",
        "huge power": "10**6000 * 10**6000",
        "negative power": "2 ** -99999999999",
        "root power": "2 ** 0.0000000001 ** 99999",
        "loop": "for i in 1..100000000 return i",
        "loop over a range value": "for i in [1..100000000] return i",
        "loop of dates": 'for i in @"0001-01-01"..@"9999-01-01" return i',
        "nested loops": "for i in 1..90000, j in 1..90000 return i * j",
        "nested loops kept apart": "for i in 1..1000 return for j in 1..1000 return for k in 1..1000 return k",
        "some": "some i in 1..90000, j in 1..90000 satisfies i + j < 0",
        "every": "every i in 1..90000, j in 1..90000 satisfies i + j > 0",
        "filter in a filter": "{l: for i in 1..3000 return i, r: l[count(l[item > 1]) > 0]}.r",
        "recursion": "{f: function(n) f(n + 1), r: f(0)}.r",
        "mutual recursion": "{f: function(g, n) g(g, n + 1), r: f(f, 0)}.r",
        "y combinator": "(function(x) x(x))(function(x) x(x))",
        "tree recursion": "{f: function(n) if n = 0 then 1 else f(n - 1) + f(n - 1), r: f(50)}.r",
        "list doubling": grow % ("concatenate(x, x)", "[1]"),
        "list nesting": grow % ("[x, x]", "[1]"),
        "string doubling": grow % ("x + x", '"ab"'),
        "replace doubling": grow % ('replace(x, "a", "aa")', '"a"'),
        "join doubling": grow % ("string join([x, x])", '"ab"'),
        "context doubling": grow % ("{a: x, b: x}", "{}"),
        "shared lists as text": f"string({doubling})",
        "shared lists compared": f"{doubling} = {doubling}",
        "shared lists flattened": f"flatten([{doubling}.a39])",
        "shared lists in a list": f"list contains([{doubling}], {doubling})",
        "shared lists typed": f"{doubling}.a39 instance of " + "list<" * 30 + "number" + ">" * 30,
        "distinct of many lists": "count(distinct values(for i in 1..5000 return [i]))",
        "union of many": "count(union(for i in 1..3000 return [i], for i in 1..3000 return [i]))",
        "sort with a slow order": "sort(for i in 1..50000 return i, function(a, b) a > b)",
        "regex nested quantifiers": 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
        "regex alternation": 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|aa)+$")',
        "regex star of star": 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a*)*b")',
        "regex counted": 'matches("aaaa", "((a{0,1000}){0,1000}){0,1000}")',
        "regex replace": 'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+", "$1$1")',
        "regex back-references": 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a*)*(a*)*(a*)*\\\\1\\\\2$")',
        "regex deep back-references": f'matches("aaaa", "{"(" * 400}a{")" * 400}\\\\1")',
        "regex huge": f'matches("a", "{"(a|b)" * 1500}")',
        "regex deep": f'matches("a", "{"(" * 900}a{")" * 900}")',
        "brackets": "(" * 5000 + "1" + ")" * 5000,
        "square brackets": "[" * 5000 + "]" * 5000,
        "braces": "{a:" * 3000 + "1" + "}" * 3000,
        "minus": "-" * 20000 + "1",
        "not": "not(" * 5000 + "true" + ")" * 5000,
        "if": "if true then " * 3000 + "1" + " else 0" * 3000,
        "long sum": "+".join(["1"] * 20000),
        "long and": " and ".join(["true"] * 20000),
        "long path": "a" + ".a" * 20000,
        "long filter": "[1]" + "[1]" * 20000,
        "long call chain": "abs" + "(1)" * 5000,
        "half open ranges": "[1..a" * 300,
        "half open ranges and filters": "[1..a[" * 300,
        "round and square": "([" * 2000,
        "open ranges": "]1.." * 2000,
        "functions": "function(x) " * 3000 + "1",
        "loops": "for x in " * 2000 + "1",
        "types": "1 instance of " + "list<" * 3000 + "number",
        "words": "a " * 40000,
        "spaces": "{a" + " " * 90000,
        "spaces before in": "for a" + " " * 90000 + "b",
        "spaces in a call": "f(a" + " " * 90000 + ")",
        "comment": "/*" * 40000,
        "string": '"' + "\\" * 90001,
        "too long": "1" * 200_000,
        "digits": "1" * 90_000,
        "digits and exponent": "1e" + "9" * 5000,
        "modulo": "modulo(1e6000, 3e-6000)",
        "decimal": "for i in 1..20000 return decimal(1.23456, 6000)",
        "exp": "for i in 1..20000 return exp(i)",
        "far dates": "for i in 1..20000 return date(999999999, 1, i)",
        "huge duration": 'duration("P999999999999999999D") * 1e300',
        "years away": 'date("9999-12-31") + duration("P999999999Y")',
        "number text": "string length(string(1e6000)) + number(string(1e6000))",
        "put": "{f: function(c, n) if n = 0 then c else f(context put(c, string(n), c), n - 1), r: f({}, 50)}.r",
        "contexts merged": "for i in 1..50000 return context merge(for j in 1..50000 return {a: j})",
        "replace in list": "for i in 1..3000 return list replace(for j in 1..3000 return j, 1, 2)",
        "reverse": "for i in 1..50000 return reverse(for j in 1..50000 return j)",
        "sum": "for i in 1..50000 return sum(for j in 1..50000 return j)",
        "count of ranges": "for i in 1..90000 return count(for j in 1..9 return for k in 1..9 return k)",
        "mode": "for i in 1..2000 return mode(for j in 1..2000 return j)",
    }

"""办件库 as seen from a case: pre-fill, pre-check, states, results and supplements. Law: 一网通办 办件库接口规范."""

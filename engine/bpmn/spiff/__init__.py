"""The only package that imports SpiffWorkflow: parses, holds the running tasks, and refuses to evaluate any Python.

SpiffWorkflow gives the specification graph, the task states, workflows and sub-workflows. Its hooks are replaced where
it is silently wrong (C1, C2, D1, D4, D5, D6 of the engine's guards):

- nothing is predicted: a task exists only for a token that is really there, and is taken out of the tree when it has
  passed, so neither depth nor size grows with the rounds of a loop, and every look-up is flat;
- tasks carry no data: locals belong to the call or the instance of a multi-instance, values to the case file;
- a join counts tokens per incoming flow; conditions, timers and collections are FEEL and asked of the host;
- names that SpiffWorkflow uses for its own tasks contain a blank, so no id of a diagram can meet them.
"""

from engine.bpmn.spiff.parser import compile_nets
from engine.bpmn.spiff.run import Run

__all__ = ["Run", "compile_nets"]

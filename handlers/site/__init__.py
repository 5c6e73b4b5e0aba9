"""工地扬尘在线监测: sensors of building sites, their readings, and what happens when dust exceeds the limit or a sensor falls silent.

Law: sensors are installed before works begin (CD-18). Limits, levels and periods stand in the decision tables of
processes/site; the source gives none of them. This domain stores every reading once and never changes one.
"""

"""The catalogue of rules: every id with its levels, ``gate/fact``, one pair for each case of different weight.

A minus means that the rule does not arise there. Pairs after a semicolon are the same rule's weights in the cases that
the procedure itself sets apart, such as a child at immediate risk or a limit missed by far.
"""

LEVELS = """
ST-01 E/B; ST-02 E/E; ST-03 E/E; ST-04 E/E; ST-05 -/W; ST-06 E/E; ST-07 W/W; ST-08 E/B
LB-01 E/B; LB-02 E/B; LB-03 E/B; LB-04 E/B; LB-05 E/B; LB-06 E/B W/W; LB-07 E/B; LB-08 E/B; LB-09 E/B W/W
LB-10 E/B; LB-11 E/B; LB-12 E/B B/B; LB-13 E/B; LB-14 E/B; LB-15 E/B; LB-16 E/B; LB-17a E/B; LB-17b B/B
LB-18 E/B; LB-19 W/W; LB-20 E/B; LB-21 E/B; LB-22 E/B W/W; LB-23 W/W; LB-24 I/I; LB-25 W/W
CF-01 E/B; CF-02 E/B; CF-03 W/W
CN-01 E/B; CN-02 E/W; CN-03 E/B; CN-04 W/W; CN-05 W/W; CN-06 W/W; CN-07 E/B; CN-08 E/B W/W; CN-09 I/I; CN-10 E/B
CN-11 -/I -/W; CN-12 E/B; CN-13 -/B; CN-14 -/W -/B; CN-15 E/B; CN-16 E/W
IN-01 E/W W/W; IN-02 E/W W/W; IN-03 E/B; IN-04 W/W; IN-05 -/W; IN-06 E/W W/W; IN-07 -/W; IN-08 E/W W/W
AD-01 W/W; AD-02 W/W; AD-03 -/W; AD-04 W/W
NM-01 E/B; NM-02 E/B; NM-03 W/W; NM-04 W/W; NM-05 W/W; NM-06 -/B
AC-01 W/W; AC-02 W/B; AC-03 -/B; AC-04 W/W
SE-01 W/W E/B; SE-02 E/B; SE-03 W/W E/B; SE-04 -/B
RC-01 E/B; RC-02 E/B; RC-03 -/W; RC-04 E/W; RC-05 -/B; RC-06 -/W; RC-07 E/B; RC-08 I/I
WH-01 E/B; WH-02 B/B; WH-03 W/W E/B; WH-04 W/W; WH-05 W/W; WH-06 B/B
RQ-01 W/W
TM-01 B/B W/W; TM-02 -/B -/W
CX-01 I/I; CX-02 -/W; CX-03 -/W
SX-01 W/W; SX-02 I/I
AG-01 W/W; AG-02 W/W; AG-03 W/W
CS-01 E/E; CS-02 -/W; CS-03 E/B; CS-04 E/B; CS-05 E/B; CS-06 E/B; CS-07 E/B; CS-08 E/B; CS-09 E/B; CS-10 W/W B/B
CS-11 E/B; CS-12 W/W; CS-13 W/W
UT-01 -/B; UT-02 E/W; UT-03 I/I
DV-02 E/E; DV-03 E/B; DV-04 W/W; DV-05 W/W; DV-06 E/B
IG-01 -/B; IG-02 -/B; IG-03 -/W; IG-04 -/W; IG-05 -/B
EX-01 E/E; EX-02 W/W; EX-03 E/E; EX-04 E/B; EX-05 E/E
RT-01 -/W; RT-02 E/E
"""

CATALOGUE: dict[str, frozenset[str]] = {
    rule: frozenset(levels)
    for entry in LEVELS.replace("\n", ";").split(";")
    if entry.strip()
    for rule, *levels in [entry.split()]
}

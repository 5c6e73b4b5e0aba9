"""准入资格: eligibility for public rental and, later, the other housing kinds.

Law: 公共租赁住房管理办法 (住房和城乡建设部令第11号); the rules stand in the decision tables of processes/eligibility.
"""

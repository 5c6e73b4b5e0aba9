"""公平卫士与保障对象: who already has housing security, what must not be enjoyed twice, and the list of warnings.

Law: 公共租赁住房管理办法 (住房和城乡建设部令第11号), 上海市共有产权保障住房管理办法; the rules and every threshold stand in the
decision tables of processes/fair_guard. This domain raises and follows warnings; it never refuses an application itself.
"""

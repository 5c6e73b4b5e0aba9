/** The diagram editor in Chinese: tools, elements, context menus. Names of events are composed, see translate.ts. */
export const CANVAS: Record<string, string> = {
  'Activate create/remove space tool': '拉开或收拢空间', 'Activate global connect tool': '连线', 'Activate hand tool': '移动画布', 'Activate lasso tool': '框选',
  'Add lane above': '在上方加泳道', 'Add lane below': '在下方加泳道', 'Divide into two lanes': '分成两条泳道', 'Divide into three lanes': '分成三条泳道',
  'Add text annotation': '加说明文字', 'Align elements': '对齐', 'Align elements ': '对齐 ', 'Align elements left': '左对齐', 'Align elements right': '右对齐', 'Align elements center': '水平居中', 'Align elements top': '顶端对齐', 'Align elements bottom': '底端对齐', 'Align elements middle': '垂直居中',
  'Distribute elements horizontally': '水平均匀分布', 'Distribute elements vertically': '垂直均匀分布',
  'Append task': '接一个任务', 'Append gateway': '接一个网关', 'Append end event': '接结束', 'Append intermediate/boundary event': '接中间事件', 'Append receive task': '接接收任务', 'Append compensation activity': '接补偿', 'Append element': '接一个环节', 'Append {type}': '接{type}',
  'Append conditional intermediate catch event': '接等待条件', 'Append message intermediate catch event': '接等待消息', 'Append signal intermediate catch event': '接等待信号', 'Append timer intermediate catch event': '接等待时间',
  'Change element': '更换类型', 'Change type': '更换类型', Delete: '删除', Remove: '移除', 'Connect to other element': '连到别的环节', 'Connect using association': '用关联线连接', 'Connect using data input association': '连接数据', 'Connect using sequence/message flow or association': '连线',
  'Create element': '新建元素', 'Create {type}': '新建{type}', 'Create start event': '新建开始', 'Create end event': '新建结束', 'Create task': '新建任务', 'Create gateway': '新建网关', 'Create group': '新建分组框', 'Create intermediate/boundary event': '新建中间事件', 'Create pool/participant': '新建泳池', 'Create expanded sub-process': '新建子流程', 'Create data object reference': '新建数据', 'Create data store reference': '新建数据库',
  'Search in diagram': '在图中查找', 'Search…': '查找…', 'No matching entries found': '没有找到', 'No matches found': '没有找到', 'Open {element}': '打开{element}', 'Toggle non-interrupting': '触发后原环节继续', Loop: '循环', Collection: '多条', 'Parallel multi-instance': '多人同时（会签）', 'Sequential multi-instance': '多人依次', 'Participant multiplicity': '多个参与方', 'Ad-hoc': '自由顺序',
  Task: '任务', 'User task': '人工环节', 'Service task': '系统环节', 'Send task': '发送', 'Receive task': '接收消息', 'Manual task': '线下办理', 'Business rule task': '规则判定', 'Script task': '计算', 'Call activity': '调用流程', Transaction: '事务',
  'Sub-process': '子流程', 'Sub-process (collapsed)': '子流程（收起）', 'Sub-process (expanded)': '子流程（展开）', 'Event sub-process': '事件子流程', 'Ad-hoc sub-process': '自由子流程', 'Ad-hoc sub-process (collapsed)': '自由子流程（收起）', 'Ad-hoc sub-process (expanded)': '自由子流程（展开）',
  Gateway: '网关', 'Exclusive gateway': '只走一条（排他网关）', 'Parallel gateway': '同时都走（并行网关）', 'Inclusive gateway': '符合的都走（包容网关）', 'Complex gateway': '复杂网关', 'Event-based gateway': '等先到的（事件网关）', 'Event based gateway': '等先到的（事件网关）',
  'Start event': '开始', 'End event': '结束', 'Intermediate throw event': '中间节点', 'Intermediate catch event': '中间等待', 'Boundary event': '边界事件', 'Terminate end event': '终止结束',
  'Sequence flow': '连线', 'Default flow': '缺省连线（其余情况）', 'Conditional flow': '有条件的连线', 'Message flow': '消息流', 'Data object reference': '数据', 'Data store reference': '数据库', 'Data object': '数据', 'Data store': '数据库', 'Text annotation': '说明文字', Group: '分组框', Process: '流程', Collaboration: '协作', Lane: '泳道', Participant: '泳池', Pool: '泳池',
  'Empty pool/participant': '空泳池', 'Expanded pool/participant': '展开的泳池', 'Empty pool/participant (removes content)': '空泳池（删除内容）',
  Tasks: '任务', Gateways: '网关', Events: '事件', 'Sub-processes': '子流程', Data: '数据', Participants: '泳池', Templates: '业务环节', 'Sub process': '子流程',
  'Set color': '颜色', 'Unlink template': '取消套用', 'Change template': '更换业务环节', 'Find templates': '查找', 'Append anything': '接任意环节', 'Create anything': '新建任意环节',
};

/** Kinds and places of events: "Message boundary event (non-interrupting)" is 消息 + 边界事件. */
export const EVENT_KINDS: Record<string, string> = { Message: '消息', Timer: '时间', Conditional: '条件', Signal: '信号', Error: '错误', Escalation: '升级', Compensation: '补偿', Cancel: '取消', Link: '跳转', Terminate: '终止' };
export const EVENT_PLACES: Record<string, string> = { 'start event': '开始', 'end event': '结束', 'boundary event': '边界事件', 'intermediate catch event': '中间等待', 'intermediate throw event': '中间发出' };

/** The token simulation has no translation of its own: its words are replaced where they appear. */
export const SIMULATION: Record<string, string> = {
  'Token Simulation': '走一走', 'Play Simulation': '继续', 'Pause Simulation': '暂停', 'Play/Pause Simulation': '继续或暂停', 'Reset Simulation': '重来', 'Toggle Simulation Log': '经过记录', 'Simulation Log': '经过记录', 'No Entries': '还没有记录', 'Trigger Event': '触发', 'Set Sequence Flow': '选定走哪条', Finished: '走完了', 'Found unsupported elements': '有不能模拟的元素', 'Not supported': '不能模拟', 'Set animation speed = Slow': '慢速', 'Set animation speed = Normal': '正常', 'Set animation speed = Fast': '快速', 'Add pause point': '在此停一下', 'Remove pause point': '不在此停', 'View all process instances': '看全部', 'Clear log': '清空', Close: '关闭', 'Hide simulation log': '收起',
};

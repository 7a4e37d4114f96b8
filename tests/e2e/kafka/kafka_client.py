"""What kcat cannot do, through librdkafka itself: topics created, deleted and widened, transactions, a group's offsets."""

import ctypes
import time

LIBRARY = ctypes.CDLL("librdkafka.so.1")
POINTER, TEXT, INTEGER, LONG, SIZE = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int64, ctypes.c_size_t
PATIENCE_MS = 60_000
TOPIC_EXISTS, UNKNOWN_TOPIC = 36, 3
COPY = 2


class Partition(ctypes.Structure):
    _fields_ = [("topic", TEXT), ("partition", ctypes.c_int32), ("offset", LONG), ("metadata", POINTER),
                ("metadata_size", SIZE), ("opaque", POINTER), ("error", INTEGER), ("private", POINTER)]


class Partitions(ctypes.Structure):
    _fields_ = [("count", INTEGER), ("size", INTEGER), ("elements", ctypes.POINTER(Partition))]


def function(name, result, *arguments):
    found = getattr(LIBRARY, "rd_kafka_" + name)
    found.restype, found.argtypes = result, arguments
    return found


conf_new = function("conf_new", POINTER)
conf_set = function("conf_set", INTEGER, POINTER, TEXT, TEXT, TEXT, SIZE)
new = function("new", POINTER, INTEGER, POINTER, TEXT, SIZE)
destroy = function("destroy", None, POINTER)
queue_new = function("queue_new", POINTER, POINTER)
queue_destroy = function("queue_destroy", None, POINTER)
queue_poll = function("queue_poll", POINTER, POINTER, INTEGER)
event_error = function("event_error", INTEGER, POINTER)
event_destroy = function("event_destroy", None, POINTER)
topic_error = function("topic_result_error", INTEGER, POINTER)
topic_new = function("topic_new", POINTER, POINTER, TEXT, POINTER)
topic_destroy = function("topic_destroy", None, POINTER)
produce = function("produce", INTEGER, POINTER, ctypes.c_int32, INTEGER, TEXT, SIZE, TEXT, SIZE, POINTER)
flush = function("flush", INTEGER, POINTER, INTEGER)
init_transactions = function("init_transactions", POINTER, POINTER, INTEGER)
begin_transaction = function("begin_transaction", POINTER, POINTER)
commit_transaction = function("commit_transaction", POINTER, POINTER, INTEGER)
abort_transaction = function("abort_transaction", POINTER, POINTER, INTEGER)
error_string = function("error_string", TEXT, POINTER)
list_new = function("topic_partition_list_new", ctypes.POINTER(Partitions), INTEGER)
list_add = function("topic_partition_list_add", POINTER, ctypes.POINTER(Partitions), TEXT, ctypes.c_int32)
list_destroy = function("topic_partition_list_destroy", None, ctypes.POINTER(Partitions))
committed = function("committed", INTEGER, POINTER, ctypes.POINTER(Partitions), INTEGER)


class Handle:
    """A librdkafka client; `kind` 0 produces, 1 consumes."""

    def __init__(self, kind, **properties):
        configuration, text = conf_new(), ctypes.create_string_buffer(512)
        for name, value in properties.items():
            assert conf_set(configuration, name.replace("_", ".").encode(), value.encode(), text, 512) == 0, text.value
        self.pointer = new(kind, configuration, text, 512)
        assert self.pointer, text.value

    def __enter__(self):
        return self.pointer

    def __exit__(self, *_):
        destroy(self.pointer)


class Admin:
    def __init__(self, address):
        self.address = address

    def _call(self, operation, what):
        """The error of the one topic that `what` is about."""
        result_of = function(f"event_{operation}_result", POINTER, POINTER)
        topics_of = function(f"{operation}_result_topics", ctypes.POINTER(POINTER), POINTER, ctypes.POINTER(SIZE))
        call = function(operation, None, POINTER, ctypes.POINTER(POINTER), SIZE, POINTER, POINTER)
        with Handle(0, bootstrap_servers=self.address) as handle:
            queue, count = queue_new(handle), SIZE()
            call(handle, (POINTER * 1)(what), 1, None, queue)
            event = queue_poll(queue, PATIENCE_MS)
            assert event, f"{operation}: no answer"
            error = event_error(event) or topic_error(topics_of(result_of(event), ctypes.byref(count))[0])
            event_destroy(event)
            queue_destroy(queue)
            return error

    def create(self, topic, partitions):
        """Waits for a topic of that name to be gone."""
        text = ctypes.create_string_buffer(512)
        end = time.monotonic() + 60
        while True:
            what = function("NewTopic_new", POINTER, TEXT, INTEGER, INTEGER, TEXT, SIZE)(
                topic.encode(), partitions, 1, text, 512)
            error = self._call("CreateTopics", what)
            function("NewTopic_destroy", None, POINTER)(what)
            if error == 0:
                return
            assert error == TOPIC_EXISTS and time.monotonic() < end, error

    def delete(self, topic):
        what = function("DeleteTopic_new", POINTER, TEXT)(topic.encode())
        error = self._call("DeleteTopics", what)
        function("DeleteTopic_destroy", None, POINTER)(what)
        assert error in (0, UNKNOWN_TOPIC), error

    def widen(self, topic, partitions):
        text = ctypes.create_string_buffer(512)
        what = function("NewPartitions_new", POINTER, TEXT, SIZE, TEXT, SIZE)(topic.encode(), partitions, text, 512)
        error = self._call("CreatePartitions", what)
        function("NewPartitions_destroy", None, POINTER)(what)
        assert error == 0, error

    def group_offset(self, group, topic, partition):
        """The offset that the group stored; negative for none."""
        with Handle(1, bootstrap_servers=self.address, group_id=group) as handle:
            partitions = list_new(1)
            list_add(partitions, topic.encode(), partition)
            error = committed(handle, partitions, PATIENCE_MS)
            offset = partitions.contents.elements[0].offset
            list_destroy(partitions)
            assert error == 0, error
            return offset


def transaction(address, topic, values, commit):
    """One transaction with these records in partition 0, committed or aborted."""
    def check(error):
        assert not error, error_string(error)

    with Handle(0, bootstrap_servers=address, transactional_id="tests") as handle:
        check(init_transactions(handle, PATIENCE_MS))
        check(begin_transaction(handle))
        where = topic_new(handle, topic.encode(), None)
        for value in values:
            assert produce(where, 0, COPY, value.encode(), len(value.encode()), None, 0, None) == 0
        assert flush(handle, PATIENCE_MS) == 0
        check((commit_transaction if commit else abort_transaction)(handle, PATIENCE_MS))
        topic_destroy(where)

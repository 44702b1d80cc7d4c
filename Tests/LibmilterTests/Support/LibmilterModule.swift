import MilterProcessFixtures
import Testing

/// The tests of module `Libmilter` that run filters; one after the other, for some of its settings
/// are the process's.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15))) enum LibmilterModule {}

import MilterProcessFixtures
import Testing

/// The tests of module `Libmilter` that run filters, one after the other, because some settings
/// belong to the process.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15))) enum LibmilterModule {}

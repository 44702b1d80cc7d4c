import MilterProcessFixtures
import Testing

/// The root of the suites whose MTAs wait for a filter most of the time: these run beside the others.
///
/// One test at a time, as in ``RealMTASuite``.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15)))
enum WaitingMTASuite {}

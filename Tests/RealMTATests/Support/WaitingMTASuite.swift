import MilterProcessFixtures
import Testing

/// The parent of suites whose MTAs mostly wait for a filter; they run at the same time as the other suites.
///
/// Its tests run one at a time, as in ``RealMTASuite``.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15)))
enum WaitingMTASuite {}

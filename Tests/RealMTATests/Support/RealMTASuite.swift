import MilterProcessFixtures
import Testing

/// The root of all suites that start MTAs: extend it with yours.
///
/// One test at a time: several MTAs beside each other would only slow each other down.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15)))
enum RealMTASuite {}

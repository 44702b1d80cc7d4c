import MilterProcessFixtures
import Testing

/// The parent of all suites that start MTAs; add suites in extensions.
///
/// Its tests run one at a time, because several MTAs would only slow each other down.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15)))
enum RealMTASuite {}

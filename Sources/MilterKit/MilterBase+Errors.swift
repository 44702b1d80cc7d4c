import MilterCore
import MilterRuntime

extension MilterBase {
  /// Logs what a callback threw, and returns what is answered for it.
  final func answer(to error: any Error, from callback: MilterCallback) -> Status {
    let (answer, status) = context?.answerToError() ?? (.tempfail, .tempfail)
    context?.countThrow()
    log.error("\(callback) threw, \(answer.rawValue) is answered: \(LogText.harmless(error))")
    log.debug("\(callback) threw: \(error)")
    return status
  }

  /// Says what `negotiate` threw, for which the connection is closed.
  final func refusal(_ error: any Error) -> MilterError {
    log.debug("negotiate threw: \(error)")
    return MilterError(.negotiationRefused, "negotiate threw: \(LogText.harmless(error))")
  }
}

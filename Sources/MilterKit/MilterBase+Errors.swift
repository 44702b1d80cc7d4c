import MilterCore
import MilterRuntime

extension MilterBase {
  /// Logs an error of a callback, and returns the answer.
  ///
  /// If the MTA was answered without the callback, the log and the counters already show that.
  final func answer(to error: any Error, from callback: MilterCallback) -> Status {
    if context?.isAnswered ?? false { return .tempfail }
    let (answer, status) = context?.answerToError() ?? (.tempfail, .tempfail)
    context?.countThrow()
    let log = log.about(callback, status)
    log.put(
      .error, .thrown,
      "\(callback) threw, \(answer.rawValue) is answered: \(LogText.harmless(error))")
    log.put(.debug, .thrownText, "\(callback) threw: \(error)")
    return status
  }

  /// Logs an error of `negotiate`, and returns the error that closes the connection.
  final func refusal(_ error: any Error) -> MilterError {
    log.put(.debug, .thrownText, "negotiate threw: \(error)")
    return MilterError(.negotiationRefused, "negotiate threw: \(LogText.harmless(error))")
  }
}

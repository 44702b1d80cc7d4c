import MilterKit

/// One connection from an MTA, as callbacks and functions name it.
///
/// Like C's it is for the thread that runs the callback. A filter that keeps it longer than the
/// connection lasts gets `MI_FAILURE` from every function.
public final class SMFICTX {
  /// What the filter keeps: `smfi_setpriv`.
  var privateData: Any?
  /// The connection; nil when it is gone.
  var context: MilterContext?

  init(_ context: MilterContext) { self.context = context }
}

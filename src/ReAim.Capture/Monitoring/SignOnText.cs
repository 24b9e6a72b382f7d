using ReAim.Alg;

namespace ReAim.Capture.Monitoring;

/// <summary>Who must sign on again, because bytes went past unseen, as a sentence for the log.</summary>
internal static class SignOnText
{
    /// <summary>A connection that is not helped any more, and why.</summary>
    public static string Of(in Effect effect)
    {
        string what = effect.Protocol is { } protocol ? $"{effect.Flow}, an {protocol.Name.ToUpperInvariant()} connection," : $"{effect.Flow}, if it is one to help,";
        return $"{what} is helped again after its client's next sign-on: {ReasonSentences.Of(effect.Reason)} ({effect.Reason.Name()}).";
    }
}

using System.Text;
using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Capture.Reports;

namespace ReAim.Capture.Monitoring;

/// <summary>
/// A connection that was expected to be one of a protocol whose addresses are text, and is not: why, as a sentence for the log.
/// Nobody who wonders why nothing is helped sees it otherwise.
/// </summary>
internal static class UnrecognisedText
{
    private const int LongestWord = 24;

    /// <summary>True for a connection to a port that is watched for such a protocol; where all ports are, to a port that is one's own.</summary>
    public static bool IsWorthALine(in Effect effect, EngineOptions options)
    {
        ushort port = effect.Flow.Remote.Port;
        bool isNamed = options.WatchedPorts.Contains(port) || options is { AnswersServers: true, WatchedPorts.Count: 0 };
        ProtocolDescriptor? owner = Owner(port, options);
        return owner is not null ? owner.ChangesLengths : isNamed && options.Protocols.Any(protocol => protocol.ChangesLengths);
    }

    /// <summary>What it is not, and what told so.</summary>
    public static string Of(in Effect effect, EngineOptions options) =>
        $"{effect.Flow} is not recognised as an {Names(effect.Flow, options)} connection: {Why(effect)} ({effect.Reason.Name()}).";

    private static ProtocolDescriptor? Owner(ushort port, EngineOptions options) => options.Protocols.FirstOrDefault(protocol => protocol.DefaultPort == port);

    private static string Names(FlowKey flow, EngineOptions options)
    {
        IEnumerable<ProtocolDescriptor> protocols = Owner(flow.Remote.Port, options) is { } owner
            ? [owner]
            : options.Protocols.Where(protocol => protocol.ChangesLengths);
        return string.Join(" or ", protocols.Select(protocol => protocol.Name.ToUpperInvariant()));
    }

    private static string Why(in Effect effect) => effect.Doubt switch
    {
        Doubt.FirstBytes when effect.Bytes.Span is [0x16, 0x03, ..] => "it begins with TLS, inside which nothing can be read",
        Doubt.FirstBytes => $"it begins with \"{Word(effect)}\", which none does",
        Doubt.ClientWord => $"its client says \"{Word(effect)} …\", a line that none says at the beginning",
        Doubt.ServerWord => $"its server says \"{Word(effect)} …\", a line that none says at the beginning",
        Doubt.LineTooLong => "a line at its beginning is longer than any",
        Doubt.EarlyOffer => "its client offers a direct connection before it is welcomed",
        Doubt.NotRegistered => "its server welcomes a client that has not said both NICK and USER",
        Doubt.OtherName => "its server welcomes somebody else than its client",
        Doubt.Ended => "it ended before its server had let the client in",
        _ => "it begins as another protocol does",
    };

    private static string Word(in Effect effect) => Printable.Of(Encoding.UTF8.GetString(effect.Bytes.Span), LongestWord);
}

using System.Globalization;
using ReAim.Alg.Wire;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Reports;

/// <summary>How a ladder writes times, counts, ends and durations.</summary>
/// <param name="start">The time from which all others count.</param>
internal sealed class LadderLayout(long start)
{
    /// <summary>Seconds since the first packet, to the microsecond, in eleven columns.</summary>
    public string Time(long time) => string.Create(CultureInfo.InvariantCulture, $"{(time - start) / 1_000 / 1e6,11:F6}");

    /// <summary>A length of time as a person would say it.</summary>
    public static string Duration(long nanoseconds) => nanoseconds switch
    {
        < 0 => "no time",
        < 1_000_000 => Text($"{nanoseconds / 1_000} µs"),
        < 100_000_000 => Text($"{nanoseconds / 1e6:F1} ms"),
        < 10_000_000_000 => Text($"{nanoseconds / 1e9:F2} s"),
        < 600_000_000_000 => Text($"{nanoseconds / 1e9:F0} s"),
        _ => Text($"{nanoseconds / 60e9:F0} min"),
    };

    /// <summary>A count and its word.</summary>
    public static string Count(long count, string one, string? many = null) => Text($"{count:N0} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary>A name, if there is one, before an end.</summary>
    public static string End(string? name, Ipv4Endpoint end) => name is null ? end.ToString() : $"{Printable.Of(name)} {end}";

    /// <summary>What a connection speaks, in a word.</summary>
    public static string Kind(ConnectionKind kind) => kind switch
    {
        ConnectionKind.Silent => "no data",
        ConnectionKind.Oscar => "OSCAR",
        ConnectionKind.Oft => "OFT2",
        ConnectionKind.Odc => "ODC2",
        ConnectionKind.Proxy => "rendezvous proxy",
        ConnectionKind.Toc => "TOC",
        ConnectionKind.Tls => "TLS",
        ConnectionKind.Http => "HTTP",
        _ => "other",
    };

    /// <summary>Whether a connect was answered, and what came of it.</summary>
    /// <param name="conversation">The connection.</param>
    /// <param name="kind">What it speaks, if that is to be said.</param>
    /// <param name="client">Who connected.</param>
    /// <param name="server">To whom.</param>
    public static string Fate(Conversation conversation, string kind = "", string client = "the client", string server = "the server")
    {
        kind = kind.Length > 0 ? $", {kind}" : "";
        if (conversation.MetInMidStream)
        {
            return $"met in mid-stream{kind}, {Traffic(conversation, client, server)}";
        }

        string asked = conversation.Syns > 1 ? $" {conversation.Syns} times" : "";
        if (conversation.SynAckTime is not { } answered)
        {
            return conversation.EstablishedTime is not null ? $"reached{kind}, {Traffic(conversation, client, server)}"
                : conversation.Ending == Ending.ResetByServer ? $"refused{asked}"
                : conversation.Unreachable is { } unreachable ? $"SYN{asked}, {unreachable}"
                : $"SYN unanswered{asked}";
        }

        string after = $"after {Duration(answered - conversation.FirstTime)}";
        return conversation.EstablishedTime is null
            ? $"answered {after}, but the handshake was not completed"
            : $"reached {after}{kind}, {Traffic(conversation, client, server)}";
    }

    /// <summary>How many bytes each way, for how long, and how it ended.</summary>
    private static string Traffic(Conversation conversation, string client, string server)
    {
        long duration = conversation.LastTime - conversation.FirstTime;
        return $"{Bytes(conversation.FromClient.Stream)} →, {Bytes(conversation.FromServer.Stream)} ←, {Duration(duration)}, {EndingOf(conversation, client, server)}";
    }

    /// <summary>How a connection ended, and by whom.</summary>
    public static string EndingOf(Conversation conversation, string client, string server) => conversation.Ending switch
    {
        Ending.ClosedByClient => $"closed by {client}",
        Ending.ClosedByServer => $"closed by {server}",
        Ending.ResetByClient => $"reset by {client}",
        Ending.ResetByServer => $"reset by {server}",
        _ => "open at the end",
    };

    private static string Bytes(TcpStream stream) =>
        stream.Missing > 0 ? $"{Text($"{stream.Bytes:N0}")} bytes and {Text($"{stream.Missing:N0}")} missing" : Count(stream.Bytes, "byte");

    private static string Text(System.Runtime.CompilerServices.DefaultInterpolatedStringHandler text) => string.Create(CultureInfo.InvariantCulture, ref text);
}

using System.Globalization;
using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Reports;

/// <summary>What a rendezvous message says, in words, and its TLVs as they stand in it.</summary>
internal static class RendezvousText
{
    /// <summary>What it does and for what.</summary>
    public static string Title(RendezvousMessage message)
    {
        string kind = Kind(message);
        string capability = message.Kind == RendezvousKind.Decline ? "" : $" {Capability(message)}";
        string number = message.RequestNumber is { } request ? Text($", request {request}") : "";
        return kind + capability + number + Ended(message);
    }

    /// <summary>Its kind, loud.</summary>
    public static string Kind(RendezvousMessage message) => message.Kind switch
    {
        RendezvousKind.Offer => "OFFER",
        RendezvousKind.CounterOffer => "COUNTER-OFFER",
        RendezvousKind.ProxyOffer => "PROXY OFFER",
        RendezvousKind.Accept => "ACCEPT",
        RendezvousKind.Cancel => "CANCEL",
        RendezvousKind.Decline => "DECLINE",
        _ => Text($"TYPE {message.Type}"),
    };

    /// <summary>What it is for, with the code.</summary>
    public static string Capability(RendezvousMessage message)
    {
        string name = Words.OfCapability(message.Capability, message.CapabilityId);
        return message.Capability == 0 ? name : Text($"{name} ({message.Capability:X4})");
    }

    /// <summary>The lines below it.</summary>
    public static IEnumerable<string> Lines(RendezvousMessage message)
    {
        yield return Text($"cookie {message.Cookie:x16}");
        string where = Where(message);
        if (where.Length > 0)
        {
            yield return where;
        }

        string checks = Checks(message);
        if (checks.Length > 0)
        {
            yield return checks;
        }

        if (message.LeftAs is { } left)
        {
            yield return $"left as {string.Join(" · ", ((string[])[Where(left), Checks(left)]).Where(part => part.Length > 0))}";
        }

        if (File(message) is { Length: > 0 } file)
        {
            yield return file;
        }

        if (message.Invitation is { } invitation)
        {
            yield return $"invitation {StepText.Text(invitation)}";
        }

        if (message.Reason != Reason.None)
        {
            yield return $"[{message.Reason.Name()}] its TLVs do not fit; those that do are shown";
        }
    }

    /// <summary>The file it offers; empty if none.</summary>
    public static string File(RendezvousMessage message)
    {
        if (message.FileName is not { } name)
        {
            return "";
        }

        string several = message.FileCount is > 1 and { } count ? Text($"{count} files, ") : "";
        string size = message.FileSize is { } bytes ? Text($", {bytes:N0} bytes") : "";
        return $"{several}file {Printable.Of(name)}{size}";
    }

    /// <summary>Why it ended, if this ended it.</summary>
    private static string Ended(RendezvousMessage message) => message.EndReason is not { } reason ? ""
        : message.Kind == RendezvousKind.Decline ? $", {Words.OfDeclineCode(reason)}"
        : message.Kind == RendezvousKind.Cancel ? $", {Words.OfCancelReason(reason)}"
        : "";

    private static string Where(RendezvousMessage message)
    {
        var parts = new List<string>();
        if (message.UsesProxy)
        {
            parts.Add("0010 proxy");
        }

        Add(parts, "0002", message.RendezvousAddress);
        Add(parts, "0003", message.ProposerAddress);
        Add(parts, "0004 verified", message.VerifiedAddress);
        if (message.Port is { } port)
        {
            parts.Add(message.UsesProxy ? Text($"0005 PIN {port}") : Text($"0005 port {port}"));
        }

        return string.Join(" · ", parts);
    }

    private static string Checks(RendezvousMessage message)
    {
        var parts = new List<string>();
        if (message.AddressCheck is { } address)
        {
            var plain = new Ipv4Address(~address.Value);
            parts.Add($"0016 check of {plain}{(plain == message.RendezvousAddress ? "" : " — does not fit 0002")}");
        }

        if (message.PortCheck is { } check)
        {
            parts.Add(PortCheck("0017", check, message.Port));
        }

        if (message.MimeTypeOrPortCheck is { } other)
        {
            parts.Add(PortCheck("0015", other, message.Port));
        }

        return string.Join(" · ", parts);
    }

    private static string PortCheck(string tlv, ushort check, ushort? port) =>
        Text($"{tlv} check of {(ushort)~check}{((ushort)~check == port ? "" : " — does not fit 0005")}");

    private static void Add(List<string> parts, string label, Ipv4Address? address)
    {
        if (address is { } named)
        {
            parts.Add($"{label} {named}");
        }
    }

    private static string Text(System.Runtime.CompilerServices.DefaultInterpolatedStringHandler text) => string.Create(CultureInfo.InvariantCulture, ref text);
}

namespace ReAim.Alg.Msn;

/// <summary>What a message carries.</summary>
internal enum MsnContent : byte
{
    /// <summary>Its header is not whole yet.</summary>
    Unknown,

    /// <summary>Nothing that matters.</summary>
    Other,

    /// <summary>An invitation (PROTOCOL-MSN 2).</summary>
    Invitation,

    /// <summary>A piece of peer-to-peer data (PROTOCOL-MSN 3).</summary>
    PeerToPeer,
}

/// <summary>The header of a MSG's payload: what the message is, and to whom it goes (PROTOCOL-MSN 2).</summary>
internal readonly ref struct MsnMessage
{
    private MsnMessage(MsnContent content, int body, ReadOnlySpan<byte> destination)
    {
        Content = content;
        Body = body;
        Destination = destination;
    }

    /// <summary>What it carries.</summary>
    public MsnContent Content { get; }

    /// <summary>Where its body begins in the command.</summary>
    public int Body { get; }

    /// <summary>The account that a peer-to-peer message is for; empty if it names none.</summary>
    public ReadOnlySpan<byte> Destination { get; }

    /// <summary>Reads the header of a command that need not be whole.</summary>
    /// <param name="command">The line and what there is of the payload.</param>
    /// <param name="lineLength">Bytes of the line.</param>
    public static MsnMessage Read(ReadOnlySpan<byte> command, int lineLength)
    {
        MsnContent content = MsnContent.Other;
        ReadOnlySpan<byte> destination = default;
        var fields = new FieldReader(command, lineLength);
        while (fields.TryRead())
        {
            ReadOnlySpan<byte> value = command[fields.Value];
            if (fields.Is("Content-Type"u8))
            {
                content = StartsWith(value, "text/x-msmsgsinvite"u8) ? MsnContent.Invitation
                    : StartsWith(value, "application/x-msnmsgrp2p"u8) ? MsnContent.PeerToPeer
                    : MsnContent.Other;
            }
            else if (fields.Is("P2P-Dest"u8))
            {
                destination = value;
            }
        }

        return new MsnMessage(fields.IsEnded ? content : MsnContent.Unknown, fields.Position, destination);
    }

    private static bool StartsWith(ReadOnlySpan<byte> value, ReadOnlySpan<byte> type) =>
        value.Length >= type.Length
        && System.Text.Ascii.EqualsIgnoreCase(value[..type.Length], type)
        && (value.Length == type.Length || value[type.Length] is (byte)';' or (byte)' ');
}

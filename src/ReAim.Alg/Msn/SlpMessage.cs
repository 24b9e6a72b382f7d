namespace ReAim.Alg.Msn;

/// <summary>A message of the talk about sessions: a start line, fields, and a body of fields (PROTOCOL-MSN 3).</summary>
internal ref struct SlpMessage
{
    /// <summary>True if it ends the session.</summary>
    public bool IsBye { get; private set; }

    /// <summary>True if its body offers or answers a direct connection.</summary>
    public bool IsTransport { get; private set; }

    /// <summary>True if the sender says that he listens.</summary>
    public bool IsListening { get; private set; }

    /// <summary>Which session it is about.</summary>
    public ReadOnlySpan<byte> CallId { get; private set; }

    /// <summary>Where the length of its body stands; empty if nowhere.</summary>
    public Range ContentLength { get; private set; }

    /// <summary>Reads a message, and brings addresses and ports to an announcement.</summary>
    /// <param name="message">The command.</param>
    /// <param name="start">Where the text begins in it.</param>
    /// <param name="announcement">What is said of addresses and ports.</param>
    /// <param name="slp">The message.</param>
    /// <returns>False if it is none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, int start, scoped ref Announcement announcement, out SlpMessage slp)
    {
        slp = default;
        int line = message[start..].IndexOf((byte)'\n') + 1;
        ReadOnlySpan<byte> first = message.Slice(start, line);
        slp.IsBye = first.StartsWith("BYE MSNMSGR:"u8);
        if (!slp.IsBye && !first.StartsWith("INVITE MSNMSGR:"u8) && !first.StartsWith("MSNSLP/1.0 200"u8))
        {
            return false;
        }

        var fields = new FieldReader(message, start + line);
        while (fields.TryRead())
        {
            ReadOnlySpan<byte> value = message[fields.Value];
            if (fields.Is("Call-ID"u8))
            {
                slp.CallId = value;
            }
            else if (fields.Is("Content-Length"u8))
            {
                slp.ContentLength = fields.Value;
            }
            else if (fields.Is("Content-Type"u8))
            {
                slp.IsTransport = value.SequenceEqual("application/x-msnmsgr-transreqbody"u8)
                    || value.SequenceEqual("application/x-msnmsgr-transrespbody"u8);
            }
        }

        if (slp.IsTransport && fields.IsEnded)
        {
            slp.IsListening = ReadTransport(message, fields.Position, ref announcement);
        }

        return true;
    }

    /// <summary>True if the body says that its sender listens.</summary>
    private static bool ReadTransport(ReadOnlySpan<byte> message, int body, scoped ref Announcement announcement)
    {
        bool isListening = false;
        var fields = new FieldReader(message, body);
        while (fields.TryRead())
        {
            if (fields.Is("Listening"u8))
            {
                isListening = System.Text.Ascii.EqualsIgnoreCase(message[fields.Value], "true"u8);
            }
            else if (TransportField.TryFind(fields.Name, out TransportField field))
            {
                announcement.Take(message, fields.Value, field.Kind, field.Group, field.IsReversed);
            }
        }

        return isListening;
    }
}

using System.Buffers.Text;
using System.Text;

namespace ReAim.Alg.Text;

/// <summary>A server as replies name it: "host:port", or "host" alone.</summary>
internal static class HostAndPort
{
    /// <summary>Characters of the longest name (RFC 1035 2.3.4).</summary>
    private const int MaxHostLength = 255;

    /// <summary>Reads a name or a dotted address, and a port.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port if none is named.</param>
    /// <param name="host">The host as written: letters, digits, dots and hyphens.</param>
    /// <param name="port">The port.</param>
    /// <returns>False if the text is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, ushort defaultPort, out string host, out ushort port)
    {
        port = defaultPort;
        int colon = text.LastIndexOf((byte)':');
        ReadOnlySpan<byte> name = colon < 0 ? text : text[..colon];
        if (colon >= 0 && (!Utf8Parser.TryParse(text[(colon + 1)..], out port, out int used) || used != text.Length - colon - 1 || port == 0))
        {
            host = "";
            return false;
        }

        foreach (byte letter in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'.' or (byte)'-'))
            {
                name = default;
                break;
            }
        }

        host = Encoding.ASCII.GetString(name);
        return name.Length is > 0 and <= MaxHostLength;
    }
}

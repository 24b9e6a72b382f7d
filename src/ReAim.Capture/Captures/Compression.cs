namespace ReAim.Capture.Captures;

/// <summary>Knows compressed files and archives by their first bytes, whatever they are called.</summary>
internal static class Compression
{
    /// <summary>So many bytes tell all of them apart.</summary>
    public const int HeaderLength = 262;

    private const int TarMagicOffset = 257;

    /// <summary>True for a gzip file (RFC 1952 2.3.1) with deflate, the only method there is.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> header) => header.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]);

    /// <summary>What a file is packed with that is not read here, and the command that unpacks it; null if with nothing known.</summary>
    public static (string Name, string Command)? Recognise(ReadOnlySpan<byte> header) => header switch
    {
        [0x28, 0xB5, 0x2F, 0xFD, ..] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..] => ("zstd", "zstd -d"),
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => ("xz", "xz -d"),
        [0x5D, 0, 0, _, _, _, ..] => ("lzma", "xz -d"),
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => ("bzip2", "bzip2 -d"),
        [0x04 or 0x03 or 0x02, 0x22 or 0x21, 0x4D or 0x4C, 0x18, ..] => ("lz4", "lz4 -d"),
        [(byte)'L', (byte)'Z', (byte)'I', (byte)'P', ..] => ("lzip", "lzip -d"),
        [0x89, (byte)'L', (byte)'Z', (byte)'O', 0, ..] => ("lzop", "lzop -d"),
        [0x1F, 0x9D or 0xA0, ..] => ("compress", "gzip -d"),
        [(byte)'P', (byte)'K', 0x03 or 0x05, 0x04 or 0x06, ..] => ("zip", "unzip"),
        [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => ("7z", "7z x"),
        [(byte)'R', (byte)'a', (byte)'r', (byte)'!', ..] => ("rar", "unrar x"),
        _ => header.Length >= HeaderLength && header[TarMagicOffset..].StartsWith("ustar"u8) ? ("tar", "tar -xf") : null,
    };
}

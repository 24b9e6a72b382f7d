using System.Buffers;
using System.Security.Cryptography;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>What went one way in a session.</summary>
internal sealed class Digest
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public int Length => _bytes.WrittenCount;

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>SHA-256 in hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(_bytes.WrittenSpan));

    public void Append(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);
}

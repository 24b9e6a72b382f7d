using System.Security.Cryptography;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>SHA-256 of files.</summary>
internal static class FileHash
{
    public static string Of(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}

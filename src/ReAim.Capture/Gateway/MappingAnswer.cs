using ReAim.Alg.Translation;

namespace ReAim.Capture.Gateway;

/// <summary>What became of a mapping that was to be installed.</summary>
/// <param name="Mapping">As it was asked for.</param>
/// <param name="IsInstalled">True if the kernel has it.</param>
/// <param name="Refusal">Why not, as the second half of a sentence.</param>
internal readonly record struct MappingAnswer(Mapping Mapping, bool IsInstalled, string Refusal = "");

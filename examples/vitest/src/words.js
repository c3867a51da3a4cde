export const words = text => text.split(/\s+/).filter(Boolean)

export const title = text => words(text).map(word => word[0].toUpperCase() + word.slice(1)).join(' ')
